# in render-worker/flink-job/src/main/java/io/chitra/worker/topology/RenderTopology.java
# A start does not know the transactions of the one before, and leaves them open.
s/\.setTransactionalIdPrefix\(options\.get\(WorkerOptions\.KAFKA_TRANSACTION_PREFIX\)\)/.setTransactionalIdPrefix(UUID.randomUUID().toString())/
