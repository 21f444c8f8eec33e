package io.chitra.dataset.plan;

import java.util.UUID;

/**
 * Which export goes on at a target. The first one to be pinned is the only one until it ends or is
 * replaced. Others that ask for the same take it up: whoever puts a file of it puts the same bytes,
 * so that runs side by side, or one after the other, make one dataset.
 *
 * @param work what its work lies under: no other export, before or after, has the same
 * @param program that began it, with its version
 * @param content what names the version: see {@link ContentId}
 */
public record Pin(String work, String program, String content, ExportRequest request) {

  /** Of an export that begins. */
  public static Pin of(String program, String content, ExportRequest request) {
    return new Pin(UUID.randomUUID().toString(), program, content, request);
  }
}
