package io.chitra.worker.look;

import io.chitra.dataset.look.GateSettings;
import io.chitra.diffusion.DiffusionException;
import java.util.HashMap;
import java.util.Map;

/**
 * The instruments that lookers of this JVM have open, once for the same settings: all tasks of a
 * TaskManager look with the same models. Whoever asks first waits until they are loaded, and so
 * does who asks meanwhile. Safe for many threads.
 */
final class SharedInstruments {

  private static final Map<GateSettings, Lease> OPEN = new HashMap<>();

  private SharedInstruments() {}

  /** Instruments, and how many look with them. Each holder closes it once. */
  static final class Lease implements AutoCloseable {
    private final GateSettings settings;
    private final Instruments instruments;
    private int holders;

    private Lease(GateSettings settings, Instruments instruments) {
      this.settings = settings;
      this.instruments = instruments;
    }

    Instruments instruments() {
      return instruments;
    }

    @Override
    public void close() {
      synchronized (OPEN) {
        holders--;
        if (holders == 0) {
          OPEN.remove(settings);
          instruments.close();
        }
      }
    }
  }

  static Lease lease(GateSettings settings, int threads) throws LookException, DiffusionException {
    synchronized (OPEN) {
      Lease lease = OPEN.get(settings);
      if (lease == null) {
        lease = new Lease(settings, Instruments.open(settings, threads));
        OPEN.put(settings, lease);
      }
      lease.holders++;
      return lease;
    }
  }
}
