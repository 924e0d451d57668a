package io.github.gcrsync.engine;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Files as an OCI artifact: an artifact type, the empty config, and one layer per file with its name in an annotation (OCI
 * image specification, "Guidelines for Artifact Usage"). ORAS stores files the same way.
 */
public final class FileArtifact {
    private static final String NAME = "org.opencontainers.image.title";
    /** Marks a layer of ORAS that is a packed folder. */
    private static final String FOLDER = "io.deis.oras.content.unpack";

    private static final byte[] EMPTY = {'{', '}'};
    private static final Descriptor CONFIG = Descriptor.of("application/vnd.oci.empty.v1+json", EMPTY);
    private static final Pattern TYPE = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+");
    private static final int BUFFER = 64 << 10;

    private FileArtifact() {}

    /**
     * Uploads the files and tags the artifact. Equal files give an equal digest.
     *
     * @param artifactType a media type, such as {@code application/vnd.example.report}
     * @param files with different file names; only the last part of each path is kept
     * @return the descriptor of the artifact's manifest
     * @throws IllegalArgumentException if there are no files, two files have the same name, or the type is not a media type
     * @throws IOException if a file cannot be read
     * @throws ContentException if the destination fails
     */
    public static Descriptor push(ImageDestination destination, String tag, String artifactType, List<Path> files)
            throws IOException {
        if (!TYPE.matcher(artifactType).matches()) {
            throw new IllegalArgumentException("not a media type: " + Printable.shortened(artifactType));
        }
        Map<Descriptor, Path> layers = layers(files);
        destination.ensureBlob(CONFIG, offset -> from(new ByteArrayInputStream(EMPTY), offset));
        layers.forEach(
                (layer, file) -> destination.ensureBlob(layer, offset -> from(Files.newInputStream(file), offset)));
        byte[] content = manifest(artifactType, List.copyOf(layers.keySet()));
        Manifest manifest = Manifest.parse(MediaType.OCI_MANIFEST, Digest.sha256(content), content);
        destination.putManifest(tag, manifest);
        return manifest.descriptor();
    }

    private static Map<Descriptor, Path> layers(List<Path> files) throws IOException {
        Map<String, Path> byName = new LinkedHashMap<>();
        for (Path file : files) {
            if (byName.put(file.getFileName().toString(), file) != null) {
                throw new IllegalArgumentException("two files have the name " + file.getFileName());
            }
        }
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("an artifact needs at least one file");
        }
        Map<Descriptor, Path> layers = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : byName.entrySet()) {
            layers.put(layer(file.getKey(), file.getValue()), file.getValue());
        }
        return layers;
    }

    private static Descriptor layer(String name, Path file) throws IOException {
        MessageDigest hasher = CONFIG.digest().newHasher();
        long size = 0;
        byte[] buffer = new byte[BUFFER];
        try (InputStream content = Files.newInputStream(file)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                hasher.update(buffer, 0, count);
                size += count;
            }
        }
        return new Descriptor(
                "application/octet-stream",
                Digest.ofSha256(hasher.digest(), 0),
                size,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(NAME, name));
    }

    private static InputStream from(InputStream content, long offset) throws IOException {
        content.skipNBytes(offset);
        return content;
    }

    private static byte[] manifest(String artifactType, List<Descriptor> layers) {
        return Json.written(json -> {
                    json.writeStartObject();
                    json.writeNumberProperty("schemaVersion", 2);
                    json.writeStringProperty("mediaType", MediaType.OCI_MANIFEST);
                    json.writeStringProperty("artifactType", artifactType);
                    json.writeName("config");
                    DescriptorJson.write(json, CONFIG);
                    json.writeArrayPropertyStart("layers");
                    layers.forEach(layer -> DescriptorJson.write(json, layer));
                    json.writeEndArray();
                    json.writeEndObject();
                })
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Downloads the files of an artifact. A file gets its name after its digest is checked, and replaces an existing file.
     *
     * @param folder is created if it is missing
     * @return the files, in the manifest's order
     * @throws ContentException.Unsupported if the manifest has no files, or a file name is not a plain name; then no file
     *     is downloaded
     * @throws IOException if a file cannot be written, or a download breaks
     * @throws ContentException if the source fails
     */
    public static List<Path> pull(ImageSource source, String tagOrDigest, Path folder) throws IOException {
        Map<String, Descriptor> layers = namedLayers(source.manifest(tagOrDigest));
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, Descriptor> layer : layers.entrySet()) {
            Path file = folder.resolve(layer.getKey());
            try (InputStream content = source.blob(layer.getValue()).openAt(0);
                    TempFile whole = TempFile.in(folder)) {
                content.transferTo(whole.stream());
                whole.moveTo(file);
            }
            files.add(file);
        }
        return List.copyOf(files);
    }

    private static Map<String, Descriptor> namedLayers(Manifest manifest) {
        Map<String, Descriptor> layers = new LinkedHashMap<>();
        for (Descriptor layer : manifest.children()) {
            String name = layer.annotations().get(NAME);
            if (name != null && layers.put(checked(name, layer), layer) != null) {
                throw unsupported(layer, "a second file named " + Printable.shortened(name));
            }
        }
        if (layers.isEmpty()) {
            throw unsupported(manifest.descriptor(), "no files with names");
        }
        return layers;
    }

    /** The registry chooses the name: it must not lead out of the folder, nor hide anything. */
    private static String checked(String name, Descriptor layer) {
        if (layer.annotations().getOrDefault(FOLDER, "").equals("true")) {
            throw unsupported(layer, "a packed folder");
        }
        boolean isPlain = !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && !name.contains("/")
                && !name.contains("\\")
                && Printable.of(name).equals(name);
        if (!isPlain) {
            throw unsupported(layer, "a file name that is not a plain name, " + Printable.shortened(name));
        }
        return name;
    }

    private static ContentException unsupported(Descriptor content, String what) {
        return new ContentException.Unsupported(content.digest() + " has " + what);
    }
}
