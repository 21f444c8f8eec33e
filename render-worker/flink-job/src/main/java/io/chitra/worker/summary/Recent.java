package io.chitra.worker.summary;

import io.chitra.schemas.RecentEnds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** How many pictures have ended lately, in pieces of ten seconds. */
final class Recent {

  private static final long PIECE_SECONDS = 10;
  private static final int PIECES = 7;

  private final Deque<RecentEnds> pieces = new ArrayDeque<>();

  static Recent of(List<RecentEnds> kept) {
    Recent recent = new Recent();
    kept.forEach(piece -> recent.pieces.add(new RecentEnds(piece.getSince(), piece.getEnded())));
    return recent;
  }

  /** Adds ends; topics are read side by side, so they may come a little out of order. */
  void add(long timestamp, int ended) {
    long since = Math.floorDiv(timestamp, PIECE_SECONDS * 1000) * PIECE_SECONDS;
    RecentEnds newest = pieces.peekLast();
    if (newest == null || since > newest.getSince()) {
      pieces.add(new RecentEnds(since, ended));
    } else {
      newest.setEnded(newest.getEnded() + ended);
    }
    long oldest = pieces.getLast().getSince() - (PIECES - 1) * PIECE_SECONDS;
    while (pieces.getFirst().getSince() < oldest) {
      pieces.remove();
    }
  }

  List<RecentEnds> list() {
    return pieces.stream().map(p -> new RecentEnds(p.getSince(), p.getEnded())).toList();
  }
}
