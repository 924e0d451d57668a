/** HTTP as registries need it: one request, one streamed response; retries, redirects and limits wrapped around a library's client. */
@NullMarked
package io.github.gcrsync.http;

import org.jspecify.annotations.NullMarked;
