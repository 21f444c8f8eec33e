package io.chitra.worker.record;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Reads what {@link ZstdCodec} writes; users have readers of their own. */
final class ZstdReader implements CompressionCodecFactory {

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("only reads");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new BytesInputDecompressor() {
      @Override
      public BytesInput decompress(BytesInput bytes, int size) throws IOException {
        return BytesInput.from(Zstd.decompress(bytes.toByteArray(), size));
      }

      @Override
      public void decompress(ByteBuffer in, int inSize, ByteBuffer out, int outSize)
          throws IOException {
        byte[] compressed = new byte[inSize];
        in.get(compressed);
        out.put(Zstd.decompress(compressed, outSize));
      }

      @Override
      public void release() {}
    };
  }

  @Override
  public void release() {}
}
