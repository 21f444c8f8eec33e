/** Prompts to token ids, as transformers' CLIPTokenizer does it. */
@NullMarked
package io.chitra.diffusion.tokenizer;

import org.jspecify.annotations.NullMarked;
