package io.chitra.diffusion.noise;

/**
 * The Mersenne Twister MT19937 of Matsumoto and Nishimura (1998), seeded as {@code init_genrand}
 * does. Not thread-safe.
 */
final class Mt19937 {

  private static final int N = 624;
  private static final int M = 397;
  private static final int MATRIX_A = 0x9908b0df;

  private final int[] state = new int[N];
  private int next = N;

  Mt19937(int seed) {
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** 32 random bits. */
  int nextInt() {
    if (next == N) {
      twist();
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < N; i++) {
      int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) * MATRIX_A);
    }
    next = 0;
  }
}
