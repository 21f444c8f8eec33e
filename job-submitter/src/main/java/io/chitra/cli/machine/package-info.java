/** What the command line asks of the machine it runs on; {@code deploy/embedded} provides it. */
@NullMarked
package io.chitra.cli.machine;

import org.jspecify.annotations.NullMarked;
