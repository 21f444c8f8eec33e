package io.chitra.diffusion;

import java.util.List;

/**
 * A model as a picture wants it: its folder, the VAE (its own or another model's), and LoRAs on its
 * weights. Pictures of equal setups share sessions and batches.
 *
 * @param loras added up, in any order
 */
public record ModelSetup(ModelFolder folder, VaeFolder vae, List<Lora> loras) {

  public ModelSetup {
    loras = List.copyOf(loras);
  }

  /** The model as it is. */
  public static ModelSetup of(ModelFolder folder) {
    return new ModelSetup(folder, folder.vae(), List.of());
  }

  @Override
  public String toString() {
    String text = folder.toString();
    if (!vae.equals(folder.vae())) {
      text += " with the VAE of " + vae;
    }
    return loras.isEmpty() ? text : text + " with " + loras;
  }
}
