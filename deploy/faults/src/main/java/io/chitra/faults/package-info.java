/**
 * Kills, stops and cheats a stack of real processes, and asks the checker whether every picture
 * still has exactly one terminal event.
 */
@NullMarked
package io.chitra.faults;

import org.jspecify.annotations.NullMarked;
