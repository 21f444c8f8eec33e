package io.chitra.diffusion.lora;

/**
 * A LoRA and how much of it is wanted.
 *
 * @param scale 1 for the change as it was trained, 0 for none; diffusers' adapter weight
 */
public record ScaledLora(LoraFile file, double scale) {}
