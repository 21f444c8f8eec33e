package io.chitra.worker.topology;

import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.worker.store.PictureStore;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.StoredPicture;
import io.chitra.worker.task.Truncation;
import java.time.Instant;

/** The record of a picture: what its task says, and what is stored. */
final class PictureRecord {

  private PictureRecord() {}

  /**
   * @param objectKey the picture's key within the bucket
   */
  static ImageRecord of(
      ImageTask task,
      StoredPicture picture,
      Truncation truncation,
      String bucket,
      String objectKey) {
    RenderJob job = task.job();
    return ImageRecord.newBuilder()
        .setJobId(task.jobId())
        .setDataset(task.dataset())
        .setImageIndex(task.imageIndex())
        .setLabels(task.labels())
        .setSubmission(task.submission())
        .setModelDigest(task.modelDigest())
        .setModelName(job.getModelName())
        .setPrompt(task.prompt())
        .setNegativePrompt(task.negativePrompt())
        .setPrompt2(job.getPrompt2())
        .setNegativePrompt2(job.getNegativePrompt2())
        .setPromptTruncated(truncation.prompt())
        .setNegativePromptTruncated(truncation.negativePrompt())
        .setPrompt2Truncated(truncation.prompt2())
        .setNegativePrompt2Truncated(truncation.negativePrompt2())
        .setNumInferenceSteps(task.numInferenceSteps())
        .setTimesteps(job.getTimesteps())
        .setGuidanceScale(task.guidanceScale())
        .setGuidanceRescale(job.getGuidanceRescale())
        .setScheduler(task.scheduler())
        .setEta(job.getEta())
        .setWidth(task.width())
        .setHeight(task.height())
        .setTask(task.kind().fieldValue())
        .setImage(job.getImage())
        .setStrength(job.getStrength())
        .setMaskImage(job.getMaskImage())
        .setMask(job.getMask())
        .setOutpaint(job.getOutpaint())
        .setKeepUnmasked(job.getKeepUnmasked())
        .setOriginalSize(job.getOriginalSize())
        .setTargetSize(job.getTargetSize())
        .setCropsCoordsTopLeft(job.getCropsCoordsTopLeft())
        .setLoras(job.getLoras())
        .setVae(job.getVae())
        .setOutputFormat(job.getOutputFormat())
        .setOutputQuality(job.getOutputQuality())
        .setOutputMode(job.getOutputMode())
        .setSeed(task.seed())
        .setFingerprint(picture.key().fingerprint())
        .setEnvironmentClass(picture.key().environmentClass())
        .setObjectKey(objectKey)
        .setBucket(bucket)
        .setContentType(task.contentType())
        .setFileBytes(picture.fileBytes())
        .setFileSha256(picture.fileSha256())
        .setPixelSha256(picture.pixelSha256())
        .setReused(!picture.madeFor().equals(PictureStore.nameOf(task.submission())))
        .setRenderedAt(Instant.ofEpochMilli(picture.renderedAt()))
        .setRenderMillis(picture.renderMillis())
        .setEnvironment(picture.environment())
        .build();
  }
}
