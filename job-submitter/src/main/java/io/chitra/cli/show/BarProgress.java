package io.chitra.cli.show;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is drawn over and over on one line of a terminal, by a thread of its own. */
final class BarProgress implements Progress {

  private final ProgressBar bar;
  private final PrintStream out;

  BarProgress(Screen screen, PrintStream out, String task, String things, long total) {
    this.out = out;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setUnit(" " + things, 1)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(250)
            .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
            .setConsumer(new ConsoleProgressBarConsumer(out, screen.columns() - 1))
            .build();
  }

  @Override
  public void update(long done, String note) {
    bar.stepTo(done);
    bar.setExtraMessage(note.isEmpty() ? "" : " " + note);
  }

  @Override
  public void close() {
    bar.close();
    out.flush();
  }
}
