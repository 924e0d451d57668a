/**
 * Authentication to registries: credentials, challenges, tokens.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.auth;

import org.jspecify.annotations.NullMarked;
