# in render-worker/flink-job/src/main/java/io/chitra/worker/topology/RenderTopology.java
# A start begins anew.
s/configured\.set\(StateRecoveryOptions\.SAVEPOINT_PATH, newest\.path\(\)\);//
