package io.chitra.worker.look;

import io.chitra.dataset.look.PerceptualHash;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.score.ImageEmbedder;
import io.chitra.diffusion.score.Vectors;
import java.util.List;

/**
 * Where pictures have places, and alike ones near places. Safe for many threads.
 *
 * @param <P> a place
 */
interface Space<P> {

  /** As records name it. */
  String name();

  /** The places of pictures, in their order. */
  List<P> places(List<RgbImage> pictures) throws DiffusionException;

  /** How far two places are from each other: 0 where they are the same. */
  double distance(P one, P other);

  /** By pHash: bits that differ, of 64. */
  record Hashes() implements Space<Long> {

    @Override
    public String name() {
      return "phash";
    }

    @Override
    public List<Long> places(List<RgbImage> pictures) {
      return pictures.stream()
          .map(picture -> PerceptualHash.of(picture.width(), picture.height(), picture.rgb()))
          .toList();
    }

    @Override
    public double distance(Long one, Long other) {
      return Long.bitCount(one ^ other);
    }
  }

  /** By an embedder: 1 - cosine, 0 .. 2. */
  record Embeddings(String name, ImageEmbedder embedder) implements Space<float[]> {

    @Override
    public List<float[]> places(List<RgbImage> pictures) throws DiffusionException {
      return embedder.embed(pictures);
    }

    @Override
    public double distance(float[] one, float[] other) {
      return Math.max(1 - Vectors.dot(one, other), 0);
    }
  }
}
