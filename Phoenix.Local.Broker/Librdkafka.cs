using System.Reflection;
using System.Runtime.InteropServices;

namespace Phoenix.Local.Broker;

/// <summary>The part of librdkafka's interface that Confluent.Kafka does not expose; see its <c>rdkafka_mock.h</c>.</summary>
internal static partial class Librdkafka
{
    public const int Producer = 0;
    public const int TopicAlreadyExists = 36;

    private const string Library = "librdkafka";

    // The package ships several builds for one platform: with and without a system SASL library, for musl.
    private static readonly string[] Builds =
        ["librdkafka.so", "centos8-librdkafka.so", "alpine-librdkafka.so", "librdkafka.dylib", "librdkafka.dll"];

    static Librdkafka() => NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Resolve);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfiguration();

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    public static partial nint New(int kind, nint configuration, [Out] byte[] error, nint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_err2name")]
    public static partial nint ErrorName(int error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint NewMockCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void DestroyMockCluster(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void SetInitialRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_set_controller_id")]
    public static partial void SetController(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateTopic(nint cluster, string name, int partitions, int replicas);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        foreach (var file in Folders().SelectMany(folder => Builds.Select(build => Path.Combine(folder, build))).Where(File.Exists))
            if (NativeLibrary.TryLoad(file, out var handle))
                return handle;
        throw new DllNotFoundException(
            $"No build of librdkafka loads here. Looked for {string.Join(", ", Builds)} in {string.Join(", ", Folders())}.");
    }

    private static IEnumerable<string> Folders()
    {
        var package = Path.Combine(AppContext.BaseDirectory, "runtimes");
        string[] platforms = [RuntimeInformation.RuntimeIdentifier, PortablePlatform()];
        var searched = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. platforms.Select(platform => Path.Combine(package, platform, "native")), AppContext.BaseDirectory, .. searched];
    }

    private static string PortablePlatform()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
