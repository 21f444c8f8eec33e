# in render-worker/flink-job/src/main/java/io/chitra/worker/topology/Checkpoints.java
# A start goes back to the oldest state that it finds.
s/\.max\(Comparator\.comparingLong\(Found::number\)\)/.min(Comparator.comparingLong(Found::number))/
