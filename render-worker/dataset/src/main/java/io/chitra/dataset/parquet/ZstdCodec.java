package io.chitra.dataset.parquet;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Zstandard for Parquet's writer and reader, straight from zstd-jni: Parquet's own factory needs a
 * Hadoop configuration, and all that Hadoop brings along. Columns of pictures, which do not get
 * smaller, may be left as they are. Single-threaded, one a file; holds nothing to close.
 */
public final class ZstdCodec implements CompressionCodecFactory {

  private static final BytesInputCompressor COMPRESSOR =
      new BytesInputCompressor() {
        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
          return BytesInput.from(Zstd.compress(bytes.toByteArray()));
        }

        @Override
        public CompressionCodecName getCodecName() {
          return CompressionCodecName.ZSTD;
        }

        @Override
        public void release() {}
      };

  private static final BytesInputCompressor AS_IT_IS =
      new BytesInputCompressor() {
        @Override
        public BytesInput compress(BytesInput bytes) {
          return bytes;
        }

        @Override
        public CompressionCodecName getCodecName() {
          return CompressionCodecName.UNCOMPRESSED;
        }

        @Override
        public void release() {}
      };

  private static final BytesInputDecompressor DECOMPRESSOR =
      new BytesInputDecompressor() {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) throws IOException {
          return BytesInput.from(Zstd.decompress(bytes.toByteArray(), size));
        }

        @Override
        public void decompress(ByteBuffer in, int inSize, ByteBuffer out, int outSize) {
          byte[] compressed = new byte[inSize];
          in.get(compressed);
          out.put(Zstd.decompress(compressed, outSize));
        }

        @Override
        public void release() {}
      };

  private static final BytesInputDecompressor TAKEN_AS_IT_IS =
      new BytesInputDecompressor() {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) {
          return bytes;
        }

        @Override
        public void decompress(ByteBuffer in, int inSize, ByteBuffer out, int outSize) {
          byte[] bytes = new byte[inSize];
          in.get(bytes);
          out.put(bytes);
        }

        @Override
        public void release() {}
      };

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    return switch (codec) {
      case ZSTD -> COMPRESSOR;
      case UNCOMPRESSED -> AS_IT_IS;
      default -> throw unknown(codec);
    };
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case ZSTD -> DECOMPRESSOR;
      case UNCOMPRESSED -> TAKEN_AS_IT_IS;
      default -> throw unknown(codec);
    };
  }

  private static UnsupportedOperationException unknown(CompressionCodecName codec) {
    return new UnsupportedOperationException(
        "Cannot read or write Parquet with %s: ZSTD or nothing would be right".formatted(codec));
  }

  @Override
  public void release() {}
}
