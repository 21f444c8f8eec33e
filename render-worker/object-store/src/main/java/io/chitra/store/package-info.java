/**
 * Objects in S3: {@link io.chitra.store.ObjectStore}, and models kept there under their digests
 * ({@link io.chitra.store.ModelRepository}). The only package that knows the AWS SDK.
 */
@NullMarked
package io.chitra.store;

import org.jspecify.annotations.NullMarked;
