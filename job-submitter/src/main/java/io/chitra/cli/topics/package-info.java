/** How the command line reaches the topics: names, clients, codecs. */
@NullMarked
package io.chitra.cli.topics;

import org.jspecify.annotations.NullMarked;
