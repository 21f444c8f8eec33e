# in render-worker/flink-job/src/main/java/io/chitra/worker/topology/PlanOperator.java
# What cannot be read disappears.
s/output\.collect\(ENDS, new StreamRecord<>\(refused\.deadLetter\(\)\)\);//
