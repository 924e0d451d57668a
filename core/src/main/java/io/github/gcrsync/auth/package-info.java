/** Authentication to registries: credentials, challenges, tokens. */
@NullMarked
package io.github.gcrsync.auth;

import org.jspecify.annotations.NullMarked;
