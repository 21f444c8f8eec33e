package io.chitra.cli.machine;

import io.chitra.dataset.compare.VerifyTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What the command line asks of the machine it runs on: a stack, a worker, a look at a model, a
 * look at the machine itself. Provided through {@link ServiceLoader}, so that the command line
 * alone depends on neither Flink, a broker nor ONNX Runtime. Implementations are stateless and safe
 * for use by several threads.
 */
public interface LocalMachine {

  /**
   * The provider on the class path.
   *
   * @throws MachineException when there is none: the command line was started without the embedded
   *     stack
   */
  static LocalMachine provider() throws MachineException {
    return ServiceLoader.load(LocalMachine.class)
        .findFirst()
        .orElseThrow(
            () ->
                new MachineException(
                    "Cannot start a stack here: this program was built without it; use the chitra"
                        + " launcher, or name a running one with --kafka and --s3"));
  }

  /** Attaches to the stack that runs on the options' state folder, or starts one here. */
  LocalStack openStack(StackOptions options) throws MachineException;

  /**
   * Attaches to the stack that runs on a state folder.
   *
   * @param state absolute
   * @return empty when none runs there
   */
  Optional<LocalStack> attachStack(Path state) throws MachineException;

  /** Runs the Flink job against the given Kafka and S3 in this JVM; returns when it has ended. */
  void runWorker(WorkerSettings settings) throws MachineException;

  /** Opens a model's folder with the engine and tells what is in it. */
  ModelReport inspectModel(Path folder) throws MachineException;

  /**
   * Renders one picture in this JVM and shows how it came.
   *
   * @param settings of a worker, for its store and its engine
   * @param job a value of the jobs topic
   * @param index of the picture within the job
   * @param frames at most, 2 or more
   * @return a PNG file: noise on the left, the result on the right
   */
  byte[] filmstrip(WorkerSettings settings, byte[] job, int index, int frames)
      throws MachineException;

  /**
   * Renders one picture again in this JVM and compares it with what is stored; puts nothing
   * anywhere.
   *
   * @param settings of a worker, for its store and its engine
   */
  PictureAgain verify(WorkerSettings settings, VerifyTask task) throws MachineException;

  /**
   * Verifies the pictures of a topic in this JVM, and returns when all have their verdicts; puts
   * nothing into the store.
   *
   * @param settings of a worker, for its Kafka, its store and its engine
   * @param tasks the topic that has them, complete
   * @param verdicts the topic that is told
   */
  void verify(WorkerSettings settings, String tasks, String verdicts) throws MachineException;

  /**
   * Does a part of an export in this JVM, on all its cores; returns when it is done. What an
   * earlier run has done is passed over.
   *
   * @throws MachineException when it cannot be done, with the reason
   */
  void export(ExportSettings settings, ExportListener listener)
      throws MachineException, InterruptedException;

  /** Measures how fast this machine renders, in this JVM; takes minutes. */
  BenchReport bench(BenchOptions options, BenchListener listener)
      throws MachineException, InterruptedException;

  /**
   * Looks at what is here and what is needed: cores, memory, disk, ports, GPU and its libraries.
   */
  List<Finding> doctor(StackOptions options);
}
