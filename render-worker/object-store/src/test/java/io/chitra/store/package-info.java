/** The contract of an object store as a test suite, and the tests of this module. */
@NullMarked
package io.chitra.store;

import org.jspecify.annotations.NullMarked;
