package io.chitra.embedded;

import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.ExportListener;
import io.chitra.cli.machine.ExportSettings;
import io.chitra.cli.machine.Finding;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.ModelReport;
import io.chitra.cli.machine.PictureAgain;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.dataset.compare.VerifyTask;
import io.chitra.diffusion.DiffusionException;
import io.chitra.embedded.StateLock.Mode;
import io.chitra.embedded.bench.Bench;
import io.chitra.store.FolderTree;
import io.chitra.worker.topology.Filmstrips;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.Verifications;
import io.chitra.worker.topology.WorkerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks of this machine, done in this JVM.
 *
 * <p>Logging: everything goes to {@code chitra.log} in the folder that the system property {@code
 * chitra.logs} names, which is read when the first logger is made; so a command line sets it, from
 * the state folder, before it touches any class that logs. With {@code -Dchitra.debug} it goes to
 * standard error too.
 *
 * <p>Signals: a stack or worker that runs in this JVM brings a shutdown hook that stops it in
 * order.
 */
public final class EmbeddedMachine implements LocalMachine {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 100;

  @Override
  public LocalStack openStack(StackOptions options) throws MachineException {
    StateFolder state = StateFolder.open(options.state());
    long begin = System.nanoTime();
    while (true) {
      Optional<StateLock> lock = StateLock.tryAcquire(state.lock(), Mode.ALONE);
      if (lock.isPresent()) {
        return options.layout() instanceof StackLayout.Processes processes
            ? ProcessStack.start(state, lock.get(), options, ProcessPlan.of(processes))
            : EmbeddedStack.start(state, lock.get(), options);
      }
      // Another process runs a stack here, or is about to, or about to leave.
      Optional<AttachedStack> attached = AttachedStack.attach(state);
      if (attached.isPresent()) {
        return attached.get();
      }
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new MachineException(
            "Cannot use state folder %s: another process holds it, but no stack came up in %d s; see %s, or choose another folder with --state"
                .formatted(state.root(), PATIENCE.toSeconds(), state.log()));
      }
      pause();
    }
  }

  @Override
  public Optional<LocalStack> attachStack(Path state) throws MachineException {
    return AttachedStack.attach(StateFolder.look(state)).map(stack -> stack);
  }

  private static void pause() throws MachineException {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MachineException("Cannot wait for the stack: interrupted", e);
    }
  }

  @Override
  public void runWorker(WorkerSettings settings) throws MachineException {
    LocalWorker.run(settings);
  }

  @Override
  public ModelReport inspectModel(Path folder) throws MachineException {
    return ModelReports.inspect(folder);
  }

  @Override
  public byte[] filmstrip(WorkerSettings settings, byte[] job, int index, int frames)
      throws MachineException {
    try {
      return Filmstrips.png(WorkerOptions.parse(settings.options()), job, index, frames);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.cannot("show the picture", e);
    } catch (Exception e) {
      throw Failures.cannot("show the picture", e);
    }
  }

  @Override
  public PictureAgain verify(WorkerSettings settings, VerifyTask task) throws MachineException {
    try {
      Verifications.Again again =
          Verifications.verify(WorkerOptions.parse(settings.options()), task);
      return new PictureAgain(again.verdict(), again.file());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.cannot("verify the picture", e);
    } catch (Exception e) {
      throw Failures.cannot("verify the picture", e);
    }
  }

  @Override
  public void verify(WorkerSettings settings, String tasks, String verdicts)
      throws MachineException {
    LocalVerify.run(settings, Parts.ofWorker(), tasks, verdicts);
  }

  @Override
  public void export(ExportSettings settings, ExportListener listener)
      throws MachineException, InterruptedException {
    LocalExport.run(settings, listener);
  }

  @Override
  public BenchReport bench(BenchOptions options, BenchListener listener)
      throws MachineException, InterruptedException {
    try {
      Path scratch = Files.createTempDirectory("chitra-bench");
      try {
        return Bench.run(this, scratch, options, listener);
      } finally {
        FolderTree.delete(scratch);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (DiffusionException e) {
      throw new MachineException(String.valueOf(e.getMessage()), e);
    } catch (Exception e) {
      throw Failures.cannot("measure", e);
    }
  }

  @Override
  public List<Finding> doctor(StackOptions options) {
    return new Doctor(options).findings();
  }
}
