/** The dataset of a run as a folder of pictures with their metadata. */
@NullMarked
package io.chitra.cli.dataset;

import org.jspecify.annotations.NullMarked;
