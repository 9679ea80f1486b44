using System.Security.Cryptography;

namespace SaaSFlows.Vault.Internal;

/// <summary>A cache of unwrapped data keys. The least recently used key is removed first and wiped.</summary>
internal sealed class DataKeyCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Entry>> _nodes = [];
    private readonly LinkedList<Entry> _byUse = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count;
            }
        }
    }

    /// <summary>Returns a copy, so that removing a key can't wipe one in use.</summary>
    public byte[]? Copy(CacheKey id)
    {
        lock (_lock)
        {
            if (!_nodes.TryGetValue(id, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return [.. node.Value.Key];
        }
    }

    public void Add(CacheKey id, ReadOnlySpan<byte> key)
    {
        lock (_lock)
        {
            if (_nodes.ContainsKey(id))
            {
                return;
            }

            _nodes.Add(id, _byUse.AddFirst(new Entry(id, key.ToArray())));
            if (_nodes.Count > capacity)
            {
                var oldest = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _nodes.Remove(oldest.Id);
                CryptographicOperations.ZeroMemory(oldest.Key);
            }
        }
    }

    private readonly record struct Entry(CacheKey Id, byte[] Key);
}
