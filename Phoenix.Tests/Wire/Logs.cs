using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Phoenix.Tests.Wire;

internal static class Logs
{
    public static ILogger<T> None<T>() => NullLogger<T>.Instance;
}
