@NullMarked
package io.chitra.job;

import org.jspecify.annotations.NullMarked;
