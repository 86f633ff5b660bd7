using System.Collections.Concurrent;
using Phoenix.Model;

namespace Phoenix.Messages;

/// <summary>Logical names by type, looked up once per type.</summary>
internal static class LogicalNames
{
    private static readonly ConcurrentDictionary<Type, string> Known = new();

    public static string Of(Type type) => Known.GetOrAdd(type, LogicalName.Of);
}
