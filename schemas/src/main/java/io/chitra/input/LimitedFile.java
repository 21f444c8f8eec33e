package io.chitra.input;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Writes the body of an answer to a new file, up to a number of bytes: what has more fails. Used by
 * one thread at a time, as its publisher sees to.
 */
final class LimitedFile implements BodySubscriber<Void> {

  /** The body has more bytes than it may. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final Path file;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private long bytesLeft;
  private Flow.@Nullable Subscription subscription;
  private @Nullable FileChannel channel;

  LimitedFile(Path file, long maxBytes) {
    this.file = file;
    this.bytesLeft = maxBytes;
  }

  @Override
  public CompletionStage<Void> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      subscription.request(Long.MAX_VALUE);
    } catch (IOException e) {
      giveUp(subscription, e);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    FileChannel open = channel;
    if (open == null || subscription == null || done.isDone()) {
      return;
    }
    try {
      for (ByteBuffer buffer : buffers) {
        bytesLeft -= buffer.remaining();
        if (bytesLeft < 0) {
          throw new TooLargeException();
        }
        while (buffer.hasRemaining()) {
          open.write(buffer);
        }
      }
    } catch (IOException e) {
      giveUp(subscription, e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(failure);
  }

  @Override
  public void onComplete() {
    end(null);
  }

  private void giveUp(Flow.Subscription from, IOException why) {
    from.cancel();
    end(why);
  }

  private void end(@Nullable Throwable failure) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      done.completeExceptionally(e);
    }
    if (failure == null) {
      done.complete(null);
    } else {
      done.completeExceptionally(failure);
    }
  }
}
