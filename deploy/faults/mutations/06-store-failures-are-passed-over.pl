# in render-worker/flink-job/src/main/java/io/chitra/worker/topology/RenderFunction.java
# A picture that could not be stored is left out, and the worker goes on.
s/InHand\.fail\(result, (\w+)\);/result.complete(java.util.List.of());/
