# in render-worker/flink-job/src/main/java/io/chitra/worker/store/PictureStore.java
# The put is not idempotent: the last writer wins, and each makes a record of its own bytes.
s/\.putIfAbsent\(([\w.]+(?:\(\))?, picture\.file\(\), picture\.contentType\(\), metadata\(\w+\))\)/.put($1).thenApply(done -> io.chitra.store.PutOutcome.CREATED)/
