package io.chitra.worker.topology;

import io.chitra.job.ModelFacts;
import io.chitra.job.ModelFolderException;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import io.chitra.worker.plan.ModelCatalog;
import io.chitra.worker.plan.UnknownModelException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Models as S3 has them, by digest. Keeps the facts of the models asked for last. Single-threaded.
 */
final class StoredModelCatalog implements ModelCatalog {

  private static final int REMEMBERED = 1000;

  private final ModelRepository models;
  private final Map<String, ModelFacts> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ModelFacts> eldest) {
          return size() > REMEMBERED;
        }
      };

  StoredModelCatalog(ModelRepository models) {
    this.models = models;
  }

  @Override
  public ModelFacts facts(String digest) throws UnknownModelException {
    ModelFacts facts = known.get(digest);
    if (facts == null) {
      try {
        facts = ModelFacts.read(models.fetchConfig(digest), digest, digest.substring(0, 12));
      } catch (NoSuchModelException | ModelFolderException e) {
        throw new UnknownModelException(String.valueOf(e.getMessage()), e);
      }
      known.put(digest, facts);
    }
    return facts;
  }
}
