# in render-worker/flink-job/src/main/java/io/chitra/worker/topology/RenderTopology.java
# Records are sent when they are made, not when their checkpoint is complete.
s/DeliveryGuarantee\.EXACTLY_ONCE/DeliveryGuarantee.AT_LEAST_ONCE/
