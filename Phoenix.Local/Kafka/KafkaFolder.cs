namespace Phoenix.Local;

/// <summary>Where a broker that we run keeps its things.</summary>
internal sealed class KafkaFolder(string root)
{
    public string Root => root;

    public string Data => Path.Combine(root, "data");

    public string Properties => Path.Combine(root, "server.properties");

    public string Log => Path.Combine(root, "kafka.log");

    /// <summary>Folder for log files that an installation's own logging configuration asks for.</summary>
    public string ToolLogs => Path.Combine(root, "logs");

    public RememberedPort Port => new(Path.Combine(root, "port"));

    public RememberedPort ControllerPort => new(Path.Combine(root, "controller-port"));

    // Written last by the formatting tool.
    public bool IsFormatted => File.Exists(Path.Combine(Data, "meta.properties"));
}
