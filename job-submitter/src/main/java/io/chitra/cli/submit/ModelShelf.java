package io.chitra.cli.submit;

import io.chitra.job.ModelFacts;
import io.chitra.job.ModelFacts.VaeFacts;
import io.chitra.job.ModelFolderException;
import io.chitra.store.ModelDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The models of a run by the folders that job files name; each folder is digested once. Used by one
 * thread.
 */
public final class ModelShelf {

  private final Path base;
  private final Model standard;
  private final Map<Path, Model> models = new LinkedHashMap<>();
  private final Map<Path, VaeModel> vaes = new LinkedHashMap<>();
  private final Map<Path, ModelException> bad = new HashMap<>();
  private final Map<Path, ModelException> badVaes = new HashMap<>();

  /** A model's folder, and what it says about jobs. */
  public record Model(Path folder, ModelFacts facts) {

    /**
     * Reads a folder: its configuration, and all of its bytes for the digest.
     *
     * @param name what it is called in records
     * @throws ModelException when it is no model's folder
     */
    public static Model read(Path folder, String name) throws ModelException {
      try {
        ModelFacts.read(folder, "", name);
        return new Model(folder, ModelFacts.read(folder, ModelDigest.of(folder), name));
      } catch (ModelFolderException | IOException e) {
        throw new ModelException(e);
      }
    }
  }

  /** A folder whose VAE takes the place of a model's own: a whole model's, or a VAE's alone. */
  record VaeModel(Path folder, String digest, VaeFacts facts) {

    private static VaeModel read(Path folder) throws ModelException {
      try {
        VaeFacts facts = VaeFacts.read(folder);
        return new VaeModel(folder, ModelDigest.of(folder), facts);
      } catch (ModelFolderException | IOException e) {
        throw new ModelException(e);
      }
    }
  }

  /**
   * A shelf.
   *
   * @param base the folder that relative paths start from
   * @param standard the model of jobs that name none
   */
  public ModelShelf(Path base, Model standard) {
    this.base = base;
    this.standard = standard;
  }

  /** The model that a job names, or the standard one when it names none. */
  Model find(@Nullable String named) throws ModelException {
    Path folder = named == null ? standard.folder() : base.resolve(named).normalize();
    Model known = folder.equals(standard.folder()) ? standard : models.get(folder);
    if (known == null) {
      known = read(folder);
    }
    models.putIfAbsent(folder, known);
    return known;
  }

  private Model read(Path folder) throws ModelException {
    ModelException before = bad.get(folder);
    if (before != null) {
      throw before;
    }
    try {
      return Model.read(folder, String.valueOf(folder.getFileName()));
    } catch (ModelException e) {
      bad.put(folder, e);
      throw e;
    }
  }

  /** The VAE in the folder that a job names. */
  VaeModel findVae(String named) throws ModelException {
    Path folder = base.resolve(named).normalize();
    ModelException before = badVaes.get(folder);
    if (before != null) {
      throw before;
    }
    VaeModel known = vaes.get(folder);
    if (known == null) {
      try {
        known = VaeModel.read(folder);
        vaes.put(folder, known);
      } catch (ModelException e) {
        badVaes.put(folder, e);
        throw e;
      }
    }
    return known;
  }

  /** The folders of the models and VAEs that were asked for so far. */
  public Set<Path> used() {
    Set<Path> folders = new LinkedHashSet<>(models.keySet());
    folders.addAll(vaes.keySet());
    return folders;
  }

  /** The digests of the models and VAEs that were asked for so far. */
  public Set<String> digests() {
    Set<String> digests = new LinkedHashSet<>();
    models.values().forEach(model -> digests.add(model.facts().digest()));
    vaes.values().forEach(vae -> digests.add(vae.digest()));
    return digests;
  }
}
