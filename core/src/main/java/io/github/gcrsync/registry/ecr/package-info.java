/**
 * Creates repositories of Amazon ECR and lists their images, through its signed API.
 *
 * <p>Internal: not part of the public API.
 */
@NullMarked
package io.github.gcrsync.registry.ecr;

import org.jspecify.annotations.NullMarked;
