using System.Collections.Concurrent;
using System.Reflection;

namespace Phoenix.Json;

/// <summary>The comparers of sets and dictionaries.</summary>
internal static class Comparers
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Known = new();

    /// <summary>
    /// Whether values that are declared as this type may have a comparer: sets and dictionaries do, and every interface may stand for one.
    /// </summary>
    public static bool MayHave(Type declared) => declared.IsInterface || PropertiesOf(declared).Length > 0;

    /// <summary>Whether the collection compares in a way that one without a comparer would not.</summary>
    public static bool HasOwn(object value)
    {
        foreach (var property in PropertiesOf(value.GetType()))
        {
            if (property.GetValue(value) is not { } comparer || comparer.Equals(DefaultOf(comparer.GetType()))) continue;
            // Ordinal is what a hash table does by default; what is sorted goes by culture.
            var isHashed = property.PropertyType.GetGenericTypeDefinition() == typeof(IEqualityComparer<>);
            if (!isHashed || !ReferenceEquals(comparer, StringComparer.Ordinal)) return true;
        }

        return false;
    }

    private static object? DefaultOf(Type comparer)
    {
        for (var type = comparer; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(EqualityComparer<>) || type.GetGenericTypeDefinition() == typeof(Comparer<>)))
                return type.GetProperty(nameof(EqualityComparer<int>.Default), BindingFlags.Static | BindingFlags.Public)!.GetValue(null);
        }

        return null;
    }

    private static PropertyInfo[] PropertiesOf(Type type) => Known.GetOrAdd(type, static type =>
    [
        .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.Name is "Comparer" or "KeyComparer" or "ValueComparer" && property.GetIndexParameters().Length == 0),
    ]);
}
