/** Which hosts may be talked to, and in the clear. */
@NullMarked
package io.chitra.net;

import org.jspecify.annotations.NullMarked;
