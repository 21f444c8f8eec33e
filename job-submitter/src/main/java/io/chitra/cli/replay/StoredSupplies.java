package io.chitra.cli.replay;

import io.chitra.job.ModelFacts;
import io.chitra.job.ModelFolderException;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What lies in one store; each model is looked at once. Used by one thread. */
public final class StoredSupplies implements Supplies {

  private final ModelRepository repository;
  private final Map<String, Boolean> there = new HashMap<>();
  private final Map<String, Optional<ModelFacts>> known = new HashMap<>();

  public StoredSupplies(ModelRepository repository) {
    this.repository = repository;
  }

  /** Whether the store has a model, or a VAE. */
  boolean has(String digest) {
    return there.computeIfAbsent(digest, repository::has);
  }

  @Override
  public Optional<ModelFacts> facts(String digest) {
    return known.computeIfAbsent(digest, this::read);
  }

  private Optional<ModelFacts> read(String digest) {
    if (!has(digest)) {
      return Optional.empty(); // what a cache has is of no use to workers
    }
    try {
      return Optional.of(
          ModelFacts.read(repository.fetchConfig(digest), digest, digest.substring(0, 12)));
    } catch (NoSuchModelException | ModelFolderException e) {
      return Optional.empty();
    }
  }
}
