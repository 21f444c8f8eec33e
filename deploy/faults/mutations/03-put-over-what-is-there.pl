# in render-worker/flink-job/src/main/java/io/chitra/worker/store/PictureStore.java
# The put is not idempotent: the last writer wins, and each makes a record of its own bytes.
s/(\.putIfAbsent)(\([\w.]+(?:\(\))?, picture\.file\(\), picture\.contentType\(\), metadata\(\w+\)\))/$1$2.thenCompose(first -> objects.put$2).thenApply(done -> io.chitra.store.PutOutcome.CREATED)/
