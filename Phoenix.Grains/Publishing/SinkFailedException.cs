namespace Phoenix.Publishing;

/// <summary>A sink did not take a message, and may take it later. The message is for operators, the cause for the log.</summary>
internal sealed class SinkFailedException(string message, Exception cause) : Exception(message, cause);
