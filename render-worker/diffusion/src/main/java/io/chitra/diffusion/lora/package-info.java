/** LoRA files: read, matched with the modules of a model's graphs, and added to their weights. */
@NullMarked
package io.chitra.diffusion.lora;

import org.jspecify.annotations.NullMarked;
