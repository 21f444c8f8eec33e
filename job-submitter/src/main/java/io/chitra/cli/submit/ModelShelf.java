package io.chitra.cli.submit;

import io.chitra.job.ModelFacts;
import io.chitra.job.ModelFolderException;
import io.chitra.store.ModelDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The models of a run by the folders that job files name; each folder is digested once. Used by one
 * thread.
 */
public final class ModelShelf {

  private final Path base;
  private final Model standard;
  private final Map<Path, Model> models = new LinkedHashMap<>();
  private final Map<Path, ModelException> bad = new HashMap<>();

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

  /** The models that were asked for so far. */
  public Collection<Model> used() {
    return List.copyOf(models.values());
  }
}
