@NullMarked
package io.chitra.net;

import org.jspecify.annotations.NullMarked;
