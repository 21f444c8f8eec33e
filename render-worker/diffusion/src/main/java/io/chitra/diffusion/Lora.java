package io.chitra.diffusion;

import java.nio.file.Path;

/**
 * A LoRA on a model.
 *
 * @param file in safetensors format; it must not change while an engine uses it
 * @param scale what its change of the weights is multiplied with; 0 changes nothing
 */
public record Lora(Path file, double scale) {}
