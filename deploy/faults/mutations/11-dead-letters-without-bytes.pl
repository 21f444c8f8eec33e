# in render-worker/flink-job/src/main/java/io/chitra/worker/task/DeadLetters.java
# A dead letter does not have what the record was.
s/letter\.setValue\((\S+) == null \? null : ByteBuffer\.wrap\(\S+\)\);/letter.setValue(null);/
