namespace Phoenix.Publishing;

/// <summary>The right to publish is gone, or may be: nothing more is sent or stored.</summary>
internal sealed class DeposedException(string message) : Exception(message);

/// <summary>An event cannot be published, and the publication is to stop at it.</summary>
internal sealed class StoppedException(string message) : Exception(message);
