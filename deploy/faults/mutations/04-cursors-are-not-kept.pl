# in render-worker/flink-job/src/main/java/io/chitra/worker/topology/PlanOperator.java
# What plan has still to fan out is in no checkpoint.
s/checkpointed\.update\(.*?\);/checkpointed.update(java.util.List.of());/s
