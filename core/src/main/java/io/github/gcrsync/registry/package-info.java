/** Registries by their HTTP interface (OCI distribution specification 1.1, Docker Registry API v2) and their ways of their own. */
@NullMarked
package io.github.gcrsync.registry;

import org.jspecify.annotations.NullMarked;
