package io.chitra.worker.topology;

import io.chitra.job.ModelFacts;
import io.chitra.job.ModelFolderException;
import io.chitra.store.DamagedModelException;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import io.chitra.worker.plan.ModelCatalog;
import io.chitra.worker.plan.UnknownModelException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Models as S3 has them, by digest. Keeps the facts of the models asked for last, and keeps in mind
 * for a while which ones are damaged. Single-threaded.
 */
final class StoredModelCatalog implements ModelCatalog {

  private static final int REMEMBERED = 1000;

  /** Somebody may push the model again; until then jobs of it need not fetch it each. */
  static final Duration DAMAGE_REMEMBERED = Duration.ofMinutes(1);

  private final ModelRepository models;
  private final int tries;
  private final InstantSource clock;
  private final Map<String, ModelFacts> known = new Newest<>();
  private final Map<String, Damage> damaged = new Newest<>();

  private record Damage(DamagedModelException what, Instant found) {}

  /** The entries asked for last. */
  private static final class Newest<T> extends LinkedHashMap<String, T> {
    private static final long serialVersionUID = 1L;

    Newest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
      return size() > REMEMBERED;
    }
  }

  /**
   * @param tries how often a model is fetched that comes damaged
   */
  StoredModelCatalog(ModelRepository models, int tries, InstantSource clock) {
    this.models = models;
    this.tries = tries;
    this.clock = clock;
  }

  @Override
  public ModelFacts facts(String digest) throws UnknownModelException {
    ModelFacts facts = known.get(digest);
    if (facts == null) {
      facts = read(digest);
      known.put(digest, facts);
    }
    return facts;
  }

  private ModelFacts read(String digest) throws UnknownModelException {
    Damage before = damaged.get(digest);
    if (before != null && clock.instant().isBefore(before.found().plus(DAMAGE_REMEMBERED))) {
      throw givenUp(before.what());
    }
    for (int triesLeft = tries; ; triesLeft--) {
      try {
        return ModelFacts.read(models.fetchConfig(digest), digest, digest.substring(0, 12));
      } catch (NoSuchModelException | ModelFolderException e) {
        throw new UnknownModelException(String.valueOf(e.getMessage()), e);
      } catch (DamagedModelException e) {
        if (triesLeft <= 1) {
          damaged.put(digest, new Damage(e, clock.instant()));
          throw givenUp(e);
        }
      }
    }
  }

  private UnknownModelException givenUp(DamagedModelException damage) {
    return new UnknownModelException(
        "%s (tried %d times)".formatted(damage.getMessage(), tries), damage);
  }
}
